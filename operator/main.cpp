#include <chrono>
#include <exception>
#include <string>

#include <CLI/CLI.hpp>

#include "operator/api/duration.hpp"
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

// "90s", "12h"
std::string lifetime_fault(const std::string& text) {
  const auto lifetime = mlgateway::api::parse_duration(text);
  const bool good = lifetime && *lifetime >= std::chrono::seconds(10) && *lifetime <= std::chrono::hours(24 * 365);
  return good ? "" : "must be from 10s to 8760h, is '" + text + "'";
}

void add_webhook(CLI::App& run, mlgateway::webhook::Options& options) {
  run.add_option("--webhook", options.address, "ADDR:PORT of the webhooks, HTTPS; default: there are none");
  run.add_option("--webhook-host", options.hosts,
                 "A name or address that the API server calls, repeatable; default: mlgateway-webhook.NAMESPACE.svc");
  run.add_option("--webhook-certificates", options.certificates,
                 "A folder with tls.crt and tls.key that somebody else keeps; default: the operator makes them");
  run.add_option("--webhook-secret", options.secret, "The Secret with those that it makes")->capture_default_str();
  run.add_option_function<std::string>(
         "--webhook-lifetime",
         [&options](const std::string& text) {
           options.lifetime = std::chrono::duration_cast<std::chrono::seconds>(*mlgateway::api::parse_duration(text));
         },
         "How long a certificate that it makes is good; default: 2160h")
      ->check(lifetime_fault);
  run.add_option("--mutating-webhook", options.mutating, "The configuration to keep the authority in; empty: none")
      ->capture_default_str();
  run.add_option("--validating-webhook", options.validating, "The configuration to keep the authority in; empty: none")
      ->capture_default_str();
  run.add_option("--sidecar", options.sidecar,
                 "NAME=VALUE of the sidecars to be injected, repeatable; needs image=...");
}

void add_run(CLI::App& app, mlgateway::cluster::Options& options) {
  CLI::App& run = *app.add_subcommand("run", "Configure the sidecars of a cluster.");
  run.add_option("--kubeconfig", options.kubeconfig, "Whom to talk to; default: as the pod's service account")
      ->check(CLI::ExistingFile);
  run.add_option("--namespace", options.namespaces, "A namespace to look after, repeatable; default: all of them");
  run.add_option("--own-namespace", options.own_namespace, "Where the Lease and the operator's key are");
  run.add_option("--admin", options.admin, "ADDR:PORT of /healthz, /readyz and /metrics")->capture_default_str();
  add_webhook(run, options.webhook);
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
