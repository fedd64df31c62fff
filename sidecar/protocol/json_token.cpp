#include "sidecar/protocol/json_token.hpp"

namespace mlgateway::protocol {
namespace {

const char* skip_word(const char* at, const char* end, std::string_view word) {
  return std::string_view(at, static_cast<std::size_t>(end - at)).starts_with(word) ? at + word.size() : nullptr;
}

}  // namespace

const char* skip_json_scalar(const char* at, const char* end) {
  if (at == end) return nullptr;
  bool escapes = false;
  switch (*at) {
    case '"': return skip_json_string(at, end, escapes);
    case 't': return skip_word(at, end, "true");
    case 'f': return skip_word(at, end, "false");
    case 'n': return skip_word(at, end, "null");
    default: return skip_json_number(at, end);
  }
}

const char* step_over_scalar(const char* at, const char* end) {
  if (at == end) return end;
  if (*at != '"') {
    while (at != end && *at != ',' && *at != ']' && *at != '}' && !is_json_space(*at)) ++at;
    return at;
  }
  for (++at; at != end && *at != '"';) at += *at == '\\' && end - at > 1 ? 2 : 1;
  return at == end ? end : at + 1;
}

}  // namespace mlgateway::protocol
