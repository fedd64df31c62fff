// The outline of a JSON text: where its objects, arrays and members are, and how much is in each. One strict pass (RFC
// 8259, UTF-8, no byte order mark) that converts nothing and copies nothing but names with escapes.
//
// Numbers, strings, true, false and null that stand in an array are only counted: a tensor of a million numbers is one
// node. Who needs them steps over the array's text (json_value.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sidecar/base/result.hpp"

namespace mlgateway::protocol {

// Objects and arrays in one another; deeper is BodyInvalid.
inline constexpr std::size_t kMaxBodyDepth = 256;

enum class JsonKind : std::uint8_t { Null, Bool, Number, String, Array, Object };

// The kind of a valid value by its first character.
JsonKind json_kind_of(char first);

// The top-level value, a member's value, or an object or array anywhere.
struct JsonNode {
  std::uint32_t begin = 0;  // of its text
  std::uint32_t end = 0;
  std::uint32_t next = 0;        // the node behind all that are in it
  std::uint32_t items = 0;       // members of an object, elements of an array
  std::uint32_t leaves = 0;      // strings, numbers, true, false and null below it, itself included when it is one
  std::uint32_t label = 0;       // a member: where its name begins; in an array: how many elements come before
  std::uint32_t label_size = 0;  // of the name
  JsonKind kind = JsonKind::Null;
  bool unescaped = false;  // the name had escapes and stands, without them, among the outline's own
};

// One per worker; not safe for two threads. Keeps its memory for bodies of ordinary size.
class JsonOutline {
 public:
  // `text` must outlive the outline's use; all of it must be one value. What is found is valid until the next call of
  // either function. BodyInvalid, with a detail for the caller: text that is no JSON, numbers beyond a double or 64
  // bits included (RFC 8259 section 6 leaves the range to the reader), more than kMaxBodyDepth levels, 4 GiB or more.
  Status read(std::string_view text);

  // To be called when the outline is no longer needed: gives back the memory of a large body.
  void rest();

  // In the order of the text, what contains before what is contained; the first is the whole. Never empty after a
  // read() that succeeded.
  const std::vector<JsonNode>& nodes() const { return nodes_; }
  std::string_view text() const { return text_; }
  // Of a member, without escapes.
  std::string_view name_of(const JsonNode& member) const {
    return (member.unescaped ? std::string_view(names_) : text_).substr(member.label, member.label_size);
  }

 private:
  std::string_view text_;
  std::vector<JsonNode> nodes_;
  std::string names_;
};

}  // namespace mlgateway::protocol
