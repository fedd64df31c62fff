// The load generator of the bench: sends a plan's requests, prints one line of JSON, and exits 1 if anything but the
// expected answers came back. See drive.hpp for what its two loops mean.
#include <algorithm>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "tests/bench/drive.hpp"

namespace mlgateway::bench {
namespace {

Plan parse_plan(int argc, char** argv, int& exit_code) {
  Plan plan;
  CLI::App app{"Sends POSTs to 127.0.0.1 and looks at every answer."};
  app.option_defaults()->always_capture_default();
  app.add_option("--port", plan.port)->required();
  app.add_option("--keys", plan.keys_file, "a file with an API key per line, used in turn")->required();
  app.add_option("--path", plan.path);
  app.add_option("--connections", plan.connections);
  app.add_option("--requests", plan.requests);
  app.add_option("--rate", plan.rate, "requests a second, open loop; 0: closed loop");
  app.add_option("--body-bytes", plan.body_bytes);
  app.add_option("--bodies", plan.bodies, "so many different ones, in turn; 0: no two are alike");
  app.add_option("--answer-bytes", plan.answer_bytes, "ask the model for an answer of that size");
  app.add_option("--events", plan.events, "ask the model for a stream of so many events");
  app.add_option("--model-stall-ms", plan.model_stall_ms, "ask the model to wait before it reads the body");
  app.add_option("--read-stall-ms", plan.read_stall_ms, "wait before reading the answer");
  app.add_option("--seed", plan.seed);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error);
  }
  return plan;
}

// In microseconds, of sorted latencies.
double percentile(const std::vector<std::uint32_t>& sorted, double share) {
  if (sorted.empty()) return 0;
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))] / 1000.0;
}

nlohmann::json report(Tally& tally) {
  auto& latencies = tally.latencies_ns;
  std::sort(latencies.begin(), latencies.end());
  return {{"answered", tally.answered},
          {"errors", tally.errors},
          {"seconds", tally.seconds},
          {"bytes", tally.bytes},
          {"events", tally.events},
          {"connects", tally.connects},
          {"latency_us",
           {{"p50", percentile(latencies, 0.5)},
            {"p90", percentile(latencies, 0.9)},
            {"p99", percentile(latencies, 0.99)},
            {"p999", percentile(latencies, 0.999)},
            {"max", percentile(latencies, 1)}}}};
}

}  // namespace
}  // namespace mlgateway::bench

int main(int argc, char** argv) {
  using namespace mlgateway::bench;
  int exit_code = -1;
  const Plan plan = parse_plan(argc, argv, exit_code);
  if (exit_code >= 0) return exit_code;
  Tally tally = Drive(plan).run();
  std::printf("%s\n", report(tally).dump().c_str());
  return tally.errors.empty() && tally.answered == plan.requests ? 0 : 1;
}
