#include "sidecar/protocol/path_rules.hpp"

#include <array>

#include "sidecar/protocol/percent.hpp"

namespace mlgateway::protocol {
namespace {

// Takes the first element off a path: "/v2/models" gives "v2" and leaves "/models".
std::string_view take_element(std::string_view& path) {
  const std::size_t end = path.find('/', 1);
  const std::string_view element = path.substr(1, end == std::string_view::npos ? end : end - 1);
  path.remove_prefix(element.size() + 1);
  return element;
}

// No literal of the tables is longer than the buffer, so a decoded text that fills it equals none of them.
bool reads_as(std::string_view element, std::string_view literal) {
  if (element == literal) return true;
  std::array<char, 32> buffer;
  const auto decoded = percent_decode(element, buffer);
  return decoded && *decoded == literal;
}

bool follows(std::string_view pattern, std::string_view path, PathReading& reading) {
  while (!pattern.empty()) {
    if (path.size() < 2 || path.front() != '/') return false;
    const std::string_view expected = take_element(pattern);
    if (expected == "{models*}") {
      reading.model = path.substr(1);
      return true;
    }
    const std::string_view element = take_element(path);
    if (element.empty()) return false;
    if (expected == "{model}") {
      reading.model = element;
    } else if (expected == "{version}") {
      reading.version = element;
    } else if (!reads_as(element, expected)) {
      return false;
    }
  }
  return path.empty();
}

}  // namespace

std::optional<PathReading> read_path(std::span<const PathRule> rules, std::string_view path) {
  const bool encoded = path.find('%') != std::string_view::npos;
  for (const PathRule& rule : rules) {
    // One comparison turns most rules down; an encoded letter may hide what it compares.
    const std::string_view beginning = rule.pattern.substr(0, rule.pattern.find('{'));
    if (!encoded && !path.starts_with(beginning)) continue;
    PathReading reading;
    reading.rule = &rule;
    if (follows(rule.pattern, path, reading)) return reading;
  }
  return std::nullopt;
}

bool lists_method(std::string_view methods, std::string_view method) {
  while (!methods.empty()) {
    const std::size_t comma = methods.find(", ");
    if (methods.substr(0, comma) == method) return true;
    methods.remove_prefix(comma == std::string_view::npos ? methods.size() : comma + 2);
  }
  return false;
}

}  // namespace mlgateway::protocol
