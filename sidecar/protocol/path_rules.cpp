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

// Cuts the verb off "MODEL:predict". Names may have colons of their own, so the last one is meant, encoded or not.
bool take_verb(std::string_view& element, std::string_view verb) {
  for (std::size_t at = element.size(); at-- > 0;) {
    const std::string_view rest = element.substr(at);
    const bool encoded = rest.starts_with("%3A") || rest.starts_with("%3a");
    if (!encoded && rest.front() != ':') continue;
    if (!reads_as(rest.substr(encoded ? 3 : 1), verb)) return false;
    element = element.substr(0, at);
    return true;
  }
  return false;
}

// From the slash before `first` to the end of `last`, which come from the same path.
std::string_view span_of(std::string_view first, std::string_view last) {
  const char* const begin = first.data() - 1;
  return {begin, static_cast<std::size_t>(last.data() + last.size() - begin)};
}

bool follows_element(std::string_view expected, std::string_view element, PathReading& reading) {
  const std::size_t name_end = expected.find('}');
  if (name_end == std::string_view::npos) return reads_as(element, expected);
  const std::string_view verb = expected.substr(name_end + 1);
  if (!verb.empty() && !take_verb(element, verb.substr(1))) return false;
  (expected.starts_with("{model}") ? reading.model : reading.version) = element;
  return !element.empty();
}

bool follows(std::string_view pattern, std::string_view path, PathReading& reading) {
  std::string_view versions;  // the element of that name, just before
  while (!pattern.empty()) {
    if (path.size() < 2 || path.front() != '/') return false;
    const std::string_view expected = take_element(pattern);
    if (expected == "{models*}") {
      reading.model = path.substr(1);
      return true;
    }
    const std::string_view element = take_element(path);
    if (element.empty() || !follows_element(expected, element, reading)) return false;
    if (expected.starts_with("{version}")) {
      reading.version_part = span_of(versions.empty() ? reading.version : versions, reading.version);
    }
    versions = expected == "versions" ? element : std::string_view();
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
