// The command line of mlgateway-sidecar.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "sidecar/base/log.hpp"
#include "sidecar/server/shared.hpp"

namespace mlgateway {

struct Options {
  std::string config;  // directory
  std::string listen = "0.0.0.0:8080";
  std::string admin = "127.0.0.1:9901";
  std::size_t workers = 1;
  std::string access_log = "-";
  log::Level log_level = log::Level::Info;
  server::Limits limits;
  std::size_t max_accounts = 1'000'000;  // whose use of quotas is kept
  std::string state;                     // directory of the quota journal; empty: use ends with the process
  // Between not ready and no new connections: as long as the network may go on sending them (see drain.hpp).
  std::chrono::milliseconds propagation_delay{5000};
  // What runs then may take so long before it is cut.
  std::chrono::milliseconds drain_timeout{30000};
  std::string drain_token;  // of the environment, what /drain asks for; empty: there is none
};

// Reads the arguments. An exit code instead: --help, --version, or an argument that cannot be, which has been said.
struct Parsed {
  std::optional<int> exit_code;
  Options options;
};
Parsed parse_options(int argc, char** argv);

}  // namespace mlgateway
