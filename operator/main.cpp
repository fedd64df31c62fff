#include <exception>
#include <string>

#include <CLI/CLI.hpp>

#include "operator/local/local.hpp"
#include "operator/sidecars/sidecar_client.hpp"
#include "sidecar/base/log.hpp"

namespace {

void add_local(CLI::App& app, mlgateway::local::Options& options) {
  CLI::App& local = *app.add_subcommand("local", "Render a folder of manifests for sidecars on this machine.");
  local.add_option("--manifests", options.manifests, "The folder with the manifests (*.yaml, *.yml)")->required();
  local.add_option("--out", options.out, "Where gateway/, status/, history/ and gateway.token are written")->required();
  local.add_flag("--once", options.once, "Do it once; exit with 1 when any object is not good");
  local.add_option("--sidecar", options.sidecar, "http://HOST:PORT of a sidecar's admin address, for `Programmed`")
      ->check(mlgateway::sidecars::url_fault);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("The control plane of mlgateway.", "mlgateway-operator");
  app.set_version_flag("--version", std::string("mlgateway-operator ") + MLGATEWAY_VERSION);
  app.require_subcommand(1);
  mlgateway::local::Options options;
  add_local(app, options);
  CLI11_PARSE(app, argc, argv);
  try {
    return mlgateway::local::run(options);
  } catch (const std::exception& error) {
    mlgateway::log::error("ended by an exception", {{"error", error.what()}});
    return 1;
  }
}
