// Puts the configuration where the sidecar reads it, in the manner of the kubelet: a folder with a new name, and a
// symbolic link switched to it, so that a reader sees the whole old state or the whole new one.
//
//   DIR/gateway/gateway.v1.json -> ..data/gateway.v1.json
//   DIR/gateway/..data -> ..2031_02_28_09_00_00.1
//   DIR/gateway/..2031_02_28_09_00_00.1/gateway.v1.json
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "sidecar/base/clock.hpp"
#include "sidecar/base/result.hpp"

namespace mlgateway::local {

class Publisher {
 public:
  explicit Publisher(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // Makes the folder, 0700, where it is not there.
  Status open();

  // True when `content` was not what stands there already. Files are 0600, folders 0700; what an earlier switch left
  // behind is removed.
  Result<bool> publish(std::string_view content, WallTime now);

 private:
  Status switch_to(const std::string& name);
  Status link_file();
  void remove_others(const std::string& kept);

  std::filesystem::path folder_;
};

}  // namespace mlgateway::local
