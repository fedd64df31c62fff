#include "sidecar/options.hpp"

#include <cstdlib>

#include <CLI/CLI.hpp>

namespace mlgateway {
namespace {

using Milliseconds = std::int64_t;

// "250ms", "10s", "5m"
CLI::Validator duration() {
  return CLI::AsNumberWithUnit(std::map<std::string, Milliseconds>{{"ms", 1}, {"s", 1000}, {"m", 60000}},
                               CLI::AsNumberWithUnit::UNIT_REQUIRED, "DURATION");
}

}  // namespace

Parsed parse_options(int argc, char** argv) {
  Parsed parsed;
  Options& options = parsed.options;
  Milliseconds head_timeout = options.limits.stream.head_timeout.count();
  Milliseconds keep_alive_timeout = options.limits.stream.keep_alive_timeout.count();
  Milliseconds propagation_delay = options.propagation_delay.count();
  Milliseconds drain_timeout = options.drain_timeout.count();
  std::string level = "info";

  CLI::App app{"The gateway in front of a model: enforces what the operator rendered into a directory."};
  app.set_version_flag("--version", "mlgateway-sidecar " MLGATEWAY_VERSION);
  app.option_defaults()->always_capture_default();
  app.add_option("--config", options.config, "directory with gateway.v1.json, followed while running")->required();
  app.add_option("--listen", options.listen, "address for callers, ADDR:PORT");
  app.add_option("--admin", options.admin, "address for /metrics, /healthz, /readyz, /state, /config, /drain");
  app.add_option("--workers", options.workers, "threads that serve")->check(CLI::Range(1, 256));
  app.add_option("--access-log", options.access_log, "a line per request: '-' standard output, 'off', or a file");
  app.add_option("--log-level", level, "lines below it are not written")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}));
  app.add_option("--max-connections", options.limits.max_connections, "callers' connections; more get 503")
      ->check(CLI::Range(1, 1000000));
  app.add_option("--max-head-bytes", options.limits.stream.head.max_head_bytes, "longest request head; longer gets 431")
      ->check(CLI::Range(1024, 1 << 20));
  app.add_option("--head-timeout", head_timeout, "for a request head to arrive; later gets 408")->transform(duration());
  app.add_option("--keep-alive-timeout", keep_alive_timeout, "a connection without a request is closed")
      ->transform(duration());
  app.add_option("--min-rate", options.limits.stream.min_rate,
                 "bytes a second of bodies in and answers out, after 10 s")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 40));
  app.add_option("--max-accounts", options.max_accounts, "callers whose use of quotas is kept; a further one gets 503")
      ->check(CLI::Range(1, 100'000'000));
  app.add_option("--state", options.state, "directory where used quotas survive a restart; none: they do not")
      ->check([](const std::string& path) { return path.empty() ? "may not be empty" : ""; });
  app.add_option("--propagation-delay", propagation_delay, "from SIGTERM until no connection is accepted")
      ->transform(duration());
  app.add_option("--drain-timeout", drain_timeout, "then for requests to finish before they are cut")
      ->transform(duration());
  // Only by the environment: arguments are shown to everybody on the machine.
  if (const char* const token = std::getenv("MLGATEWAY_DRAIN_TOKEN")) options.drain_token = token;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    parsed.exit_code = app.exit(error);
    return parsed;
  }
  options.log_level = log::level_named(level).value_or(log::Level::Info);
  options.limits.stream.head_timeout = std::chrono::milliseconds(head_timeout);
  options.limits.stream.keep_alive_timeout = std::chrono::milliseconds(keep_alive_timeout);
  options.propagation_delay = std::chrono::milliseconds(propagation_delay);
  options.drain_timeout = std::chrono::milliseconds(drain_timeout);
  return parsed;
}

}  // namespace mlgateway
