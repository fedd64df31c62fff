// What must hold for whatever bytes are read as base64. Says which property is broken, nothing when all hold.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "operator/api/base64.hpp"

namespace mlgateway::api {

inline std::string encoded(std::string_view bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::string_view three = bytes.substr(i, 3);
    std::uint32_t bits = 0;
    for (std::size_t j = 0; j < 3; ++j) bits = bits << 8 | (j < three.size() ? std::uint8_t(three[j]) : 0u);
    for (std::size_t j = 0; j < 4; ++j) text += j <= three.size() ? kAlphabet[bits >> (18 - 6 * j) & 63u] : '=';
  }
  return text;
}

inline std::string without_line_breaks(std::string_view text) {
  std::string one_line;
  for (const char c : text) {
    if (c != '\n' && c != '\r') one_line += c;
  }
  return one_line;
}

inline const char* broken_base64_property(std::string_view bytes) {
  if (const auto decoded = decode_base64(bytes)) {
    if (encoded(*decoded) != without_line_breaks(bytes)) return "a text is taken that nobody writes for these bytes";
  }
  std::string text = encoded(bytes);
  if (decode_base64(text) != bytes) return "bytes do not come back";
  text.insert(text.size() / 2, "\r\n");
  return decode_base64(text) == bytes ? nullptr : "a line break makes a difference";
}

}  // namespace mlgateway::api
