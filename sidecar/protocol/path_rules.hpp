// The paths of a protocol as data, and how a path is read by them.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "sidecar/protocol/router.hpp"

namespace mlgateway::protocol {

inline constexpr std::string_view kRead = "GET, HEAD";
inline constexpr std::string_view kPost = "POST";

struct PathRule {
  // Elements to be equal; {model} and {version} take one element, or what stands before the last colon of it where a
  // verb such as ":predict" follows; {models*} takes a model with all that is left.
  std::string_view pattern;
  std::string_view methods;  // as the Allow field tells them
  Operation operation;
  bool model_in_body = false;
};

// Views into the path, as received: still encoded.
struct PathReading {
  const PathRule* rule = nullptr;
  std::string_view model;  // empty: the path names none
  std::string_view version;
  std::string_view version_part;  // "/versions/V" or "/V", as the pattern has it
};

// The first rule that the whole path follows; literal elements are compared decoded.
std::optional<PathReading> read_path(std::span<const PathRule> rules, std::string_view path);

// The tables, one per protocol whose paths are fixed.
std::span<const PathRule> open_inference_v2_paths();
std::span<const PathRule> kserve_v1_paths();
std::span<const PathRule> openai_paths();
std::span<const PathRule> mlflow_paths();
std::span<const PathRule> torchserve_paths();

// Is the method one of a list such as "GET, HEAD"? Methods are case-sensitive (RFC 9110 9.1).
bool lists_method(std::string_view methods, std::string_view method);

}  // namespace mlgateway::protocol
