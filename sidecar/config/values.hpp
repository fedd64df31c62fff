// The plain types that the parts of the contract share.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>

namespace mlgateway::config {

using Digest = std::array<std::uint8_t, 32>;
using Labels = std::map<std::string, std::string>;
using Milliseconds = std::chrono::milliseconds;

enum class Enforcement : std::uint8_t { Enforce, DryRun };  // DryRun counts and tells, and refuses nobody

}  // namespace mlgateway::config
