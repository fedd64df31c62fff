#include "sidecar/http/path.hpp"

#include <array>

#include "sidecar/http/character.hpp"

namespace mlgateway::http {
namespace {

constexpr std::array<bool, 256> kPlainInPath = table_of([](char byte) {
  return is_visible(byte) && byte != '#' && byte != '?' && byte != '\\' && byte != '%' && byte != '/' && byte != '.';
});
constexpr std::array<bool, 256> kPlainInQuery =
    table_of([](char byte) { return is_visible(byte) && byte != '#' && byte != '%'; });

// The byte that the escape at the beginning of `text` stands for; -1 when it is none.
int decode_escape(std::string_view text) {
  if (text.size() < 3) return -1;
  const int high = hex_value(text[1]), low = hex_value(text[2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

Fault check_escaped(int byte) {
  if (byte < 0) return {"path holds an invalid percent escape"};
  if (byte < 0x20 || byte == 0x7f) return {"path holds an escaped control character"};
  if (byte == '/' || byte == '\\') return {"path holds an escaped slash or backslash"};
  return {};
}

// What a segment is made of so far: only dots (and how many), or more than dots.
class Segment {
 public:
  void add(int byte) {
    if (byte == ';' && ends_as_dots()) disguised_ = true;
    only_dots_ = only_dots_ && byte == '.';
    ++length_;
  }
  bool empty() const { return length_ == 0; }
  bool is_dot_segment() const { return disguised_ || ends_as_dots(); }

 private:
  bool ends_as_dots() const { return only_dots_ && (length_ == 1 || length_ == 2); }

  std::size_t length_ = 0;
  bool only_dots_ = true;
  bool disguised_ = false;
};

}  // namespace

Fault check_path(std::string_view path) {
  if (path.empty() || path.front() != '/') return {"path does not begin with a slash"};
  Segment segment;
  for (std::size_t at = 1; at < path.size(); ++at) {
    const char byte = path[at];
    if (kPlainInPath[static_cast<unsigned char>(byte)] || byte == '.') {
      segment.add(byte);
      continue;
    }
    if (byte == '/') {
      if (segment.empty()) return {"path holds an empty segment"};
      if (segment.is_dot_segment()) return {"path holds a dot segment"};
      segment = Segment{};
      continue;
    }
    if (byte != '%') return {"path holds a character that no path may contain"};
    const int escaped = decode_escape(path.substr(at));
    if (const Fault fault = check_escaped(escaped)) return fault;
    segment.add(escaped);
    at += 2;
  }
  if (segment.is_dot_segment()) return {"path holds a dot segment"};
  return {};
}

Fault check_query(std::string_view query) {
  for (std::size_t at = 0; at < query.size(); ++at) {
    if (kPlainInQuery[static_cast<unsigned char>(query[at])]) continue;
    if (query[at] != '%') return {"query holds a character that no query may contain"};
    if (decode_escape(query.substr(at)) < 0) return {"query holds an invalid percent escape"};
    at += 2;
  }
  return {};
}

}  // namespace mlgateway::http
