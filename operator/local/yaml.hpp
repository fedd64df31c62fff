// The documents of a YAML file as JSON, each field with the line it stands on.
//
// Whatever the text is, reading it costs time and memory in proportion to its length: depth, number of nodes (aliases
// counted as what they stand for) and size are capped.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace mlgateway::local {

inline constexpr std::size_t kMostFileBytes = 4u << 20;
inline constexpr std::size_t kMostNodes = 200'000;
inline constexpr std::size_t kMostDepth = 64;

// Lines by field path (schema/fault.hpp), counted from 1.
using Lines = std::map<std::string, int, std::less<>>;

struct YamlDocument {
  nlohmann::json value;
  Lines lines;
  int line = 1;  // of its first node

  // The line of the field at `path`, or of the nearest parent that is there.
  int line_of(std::string_view path) const;
};

struct YamlFault {
  int line = 1;
  std::string words;
};

struct YamlFile {
  std::vector<YamlDocument> documents;  // those before the fault; empty documents are left out
  std::optional<YamlFault> fault;       // why the rest could not be read
};

// Never throws.
YamlFile read_yaml(std::string_view text);

}  // namespace mlgateway::local
