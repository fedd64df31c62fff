#include "sidecar/protocol/percent.hpp"

namespace mlgateway::protocol {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<std::string_view> percent_decode(std::string_view encoded, std::span<char> buffer) {
  if (encoded.find('%') == std::string_view::npos) return encoded;
  std::size_t size = 0;
  for (std::size_t i = 0; i < encoded.size() && size < buffer.size(); ++i) {
    if (encoded[i] != '%') {
      buffer[size++] = encoded[i];
      continue;
    }
    if (encoded.size() - i < 3) return std::nullopt;
    const int high = hex_value(encoded[i + 1]);
    const int low = hex_value(encoded[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    const char decoded = static_cast<char>(high * 16 + low);
    if (decoded == '/' || decoded == '\0') return std::nullopt;
    buffer[size++] = decoded;
    i += 2;
  }
  return std::string_view(buffer.data(), size);
}

}  // namespace mlgateway::protocol
