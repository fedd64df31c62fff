// Reads the contract's file from a directory and remembers what became of it. No thread, no waiting: the watcher's
// decisions as plain calls.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "sidecar/base/clock.hpp"
#include "sidecar/config/gateway_config.hpp"

namespace mlgateway::config {

// What is in force and how the last attempt to replace it went.
struct LoadState {
  std::shared_ptr<const GatewayConfig> config;  // the last good one; null until there was one
  std::optional<WallTime> loaded_time;          // when it came into force
  std::string error;                            // `file: path: words` of what is wrong now; empty: all is well
  std::optional<WallTime> error_since;
  std::uint64_t reloads_succeeded = 0;  // contents taken into force, the first included
  std::uint64_t reloads_failed = 0;     // contents refused, or the file found missing after a good one
};

// Not safe for several threads at once.
class Loader {
 public:
  explicit Loader(std::filesystem::path directory);

  // Reads the file once through one open descriptor. Returns the new config when its content is valid and differs from
  // the one in force, else null. Content that does not parse leaves the last good one, is logged once and stands in
  // state().error until good content (the same as before included) is found. A file that was never there is no error;
  // one that vanished is.
  std::shared_ptr<const GatewayConfig> load(WallTime now);

  const LoadState& state() const { return state_; }
  const std::filesystem::path& directory() const { return directory_; }

 private:
  void fail(WallTime now, const std::optional<Digest>& content, const std::string& words);
  void clear_error();

  std::filesystem::path directory_;
  std::string file_;                // directory/gateway.v1.json
  std::optional<Digest> in_force_;  // of the content behind state_.config
  std::optional<Digest> refused_;   // of the content behind state_.error
  LoadState state_;
};

}  // namespace mlgateway::config
