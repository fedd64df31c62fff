#include <csignal>

#include "sidecar/base/log.hpp"
#include "sidecar/options.hpp"
#include "sidecar/process.hpp"

namespace {

// Blocked in every thread that is started later, so that the wait below is the only one to see them.
sigset_t block_ending_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a log whose reader died must not take the models' callers with it
  std::signal(SIGXFSZ, SIG_IGN);  // nor may a file that cannot grow
  const auto parsed = mlgateway::parse_options(argc, argv);
  if (parsed.exit_code) return *parsed.exit_code;
  mlgateway::log::set_level(parsed.options.log_level);
  const sigset_t signals = block_ending_signals();
  const auto process = mlgateway::Process::start(parsed.options);
  if (!process) {
    mlgateway::log::error("cannot start", {{"error", process.error().message}});
    return 1;
  }
  int signal = 0;
  sigwait(&signals, &signal);
  (*process)->drain();
  return 0;
}
