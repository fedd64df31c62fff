#include <exception>
#include <string>

#include <CLI/CLI.hpp>

#include "operator/cluster/run.hpp"
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

void add_run(CLI::App& app, mlgateway::cluster::Options& options) {
  CLI::App& run = *app.add_subcommand("run", "Configure the sidecars of a cluster.");
  run.add_option("--kubeconfig", options.kubeconfig, "Whom to talk to; default: as the pod's service account")
      ->check(CLI::ExistingFile);
  run.add_option("--namespace", options.namespaces, "A namespace to look after, repeatable; default: all of them");
  run.add_option("--own-namespace", options.own_namespace, "Where the Lease and the operator's key are");
  run.add_option("--admin", options.admin, "ADDR:PORT of /healthz, /readyz and /metrics")->capture_default_str();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("The control plane of mlgateway.", "mlgateway-operator");
  app.set_version_flag("--version", std::string("mlgateway-operator ") + MLGATEWAY_VERSION);
  app.require_subcommand(1);
  mlgateway::local::Options local;
  mlgateway::cluster::Options cluster;
  add_local(app, local);
  add_run(app, cluster);
  CLI11_PARSE(app, argc, argv);
  try {
    return app.got_subcommand("run") ? mlgateway::cluster::run(cluster) : mlgateway::local::run(local);
  } catch (const std::exception& error) {
    mlgateway::log::error("ended by an exception", {{"error", error.what()}});
    return 1;
  }
}
