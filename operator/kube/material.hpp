// A certificate, key or token: given as text, or as the file that holds it and may be rotated under us.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "sidecar/base/result.hpp"

namespace mlgateway::kube {

struct Material {
  std::string text = {};
  std::filesystem::path file = {};  // read at each use where `text` is empty

  bool empty() const { return text.empty() && file.empty(); }
};

// No credential is as large; a path that leads to something else is an error and not an exhausted memory.
inline constexpr std::size_t kMostMaterial = 1u << 20;

// The text. Fails with the file's name and why.
Result<std::string> read(const Material& material);

}  // namespace mlgateway::kube
