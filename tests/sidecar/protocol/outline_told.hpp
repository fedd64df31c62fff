// What an outline has of a text, in one line that another reader can be asked for too.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sidecar/protocol/json_outline.hpp"
#include "sidecar/protocol/json_value.hpp"

namespace mlgateway::protocol {

// What the outline has of a value, in a form that another reader can be asked for too.
inline std::string told(const JsonValue& value) {
  std::string out, unescaped;
  switch (value.kind()) {
    case JsonKind::Array:
      for (const JsonValue element : value.elements()) out += told(element) + ",";
      return "[" + out + "]" + std::to_string(value.items()) + "/" + std::to_string(value.leaves());
    case JsonKind::Object:
      for (const auto& [key, member] : value.members()) out += std::string(key) + ":" + told(member) + ",";
      return "{" + out + "}" + std::to_string(value.items()) + "/" + std::to_string(value.leaves());
    case JsonKind::String: return "\"" + std::string(*value.string(unescaped));
    case JsonKind::Number:
      if (const auto whole = value.whole()) return std::to_string(*whole);
      return value.is_integer() ? std::string(value.text()) : "float";
    default: return std::string(value.text());
  }
}

// Nothing for text that is refused. Given without a byte behind it, so that a sanitizer sees who reads on.
inline std::string told(std::string_view text) {
  const std::vector<char> exact(text.begin(), text.end());
  JsonOutline outline;
  if (!outline.read({exact.data(), exact.size()})) return "";
  return told(JsonValue(outline));
}

}  // namespace mlgateway::protocol
