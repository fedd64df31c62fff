#include "sidecar/cache/json_skimmer.hpp"

namespace mlgateway::cache {
namespace {

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }
bool is_hex(char byte) { return is_digit(byte) || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f'); }

}  // namespace

void JsonSkimmer::white() {
  while (!at_end() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) ++at_;
}

bool JsonSkimmer::take(char token) {
  white();
  if (at_end() || text_[at_] != token) return false;
  ++at_;
  return true;
}

bool JsonSkimmer::string() {
  if (peek() != '"') return false;
  ++at_;
  while (!at_end()) {
    const char byte = text_[at_++];
    if (byte == '"') return true;
    if (static_cast<unsigned char>(byte) < ' ') return false;
    if (byte == '\\' && !escape()) return false;
  }
  return false;
}

bool JsonSkimmer::escape() {
  if (at_end()) return false;
  const char kind = text_[at_++];
  if (kind != 'u') return std::string_view("\"\\/bfnrt").find(kind) != std::string_view::npos;
  for (int i = 0; i < 4; ++i) {
    if (!is_hex(peek())) return false;
    ++at_;
  }
  return true;
}

// A container is pushed when it opens and popped when it closes, on a stack of bits: text of any depth needs no stack
// of ours.
bool JsonSkimmer::value() {
  depth_ = 0;
  while (true) {
    white();
    const bool object = peek() == '{';
    if (object || peek() == '[') {
      ++at_;
      if (depth_ == kMaxDepth) return false;
      objects_[depth_++] = object;
      const bool empty = take(object ? '}' : ']');
      if (!empty && object && !member_name()) return false;
      if (!empty) continue;
      --depth_;
    } else if (!scalar()) {
      return false;
    }
    const Next next = after_value();
    if (next != Next::Value) return next == Next::Nothing;
  }
}

JsonSkimmer::Next JsonSkimmer::after_value() {
  while (depth_ > 0) {
    const bool object = objects_[depth_ - 1];
    if (take(',')) return !object || member_name() ? Next::Value : Next::Fault;
    if (!take(object ? '}' : ']')) return Next::Fault;
    --depth_;
  }
  return Next::Nothing;
}

bool JsonSkimmer::member_name() {
  white();
  return string() && take(':');
}

bool JsonSkimmer::scalar() {
  switch (peek()) {
    case '"': return string();
    case 't': return word("true");
    case 'f': return word("false");
    case 'n': return word("null");
    default: return number();
  }
}

bool JsonSkimmer::word(std::string_view expected) {
  if (!text_.substr(at_).starts_with(expected)) return false;
  at_ += expected.size();
  return true;
}

bool JsonSkimmer::number() {
  if (peek() == '-') ++at_;
  if (peek() == '0') {
    ++at_;
  } else if (!digits()) {
    return false;
  }
  if (peek() == '.') {
    ++at_;
    if (!digits()) return false;
  }
  if (peek() == 'e' || peek() == 'E') {
    ++at_;
    if (peek() == '+' || peek() == '-') ++at_;
    if (!digits()) return false;
  }
  return true;
}

bool JsonSkimmer::digits() {
  const std::size_t begin = at_;
  while (is_digit(peek())) ++at_;
  return at_ > begin;
}

}  // namespace mlgateway::cache
