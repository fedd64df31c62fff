// The walk over a parsed body: looks at every value once, refuses objects that name a member twice, counts leaves.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

#include "sidecar/base/result.hpp"
#include "sidecar/protocol/json_place.hpp"

namespace mlgateway::protocol {

// Exact for any length: simdjson's own size() stops at 0xFFFFFF.
std::uint64_t length_of(const simdjson::dom::array& array);

// Neither an array nor an object.
bool is_leaf(const simdjson::dom::element& value);

// Functions that can fail return false and leave the first fault here. Not safe for two threads; keeps some memory.
class JsonWalk {
 public:
  // Forgets the fault of the last body and gives back the memory of a large one.
  void restart();

  // Adds the leaves below `value`, itself included when it is one: strings, numbers, true, false, null.
  bool visit(const simdjson::dom::element& value, const JsonPlace& place, std::uint64_t& leaves);
  // The same where only the members' names matter.
  bool visit(const simdjson::dom::element& value, const JsonPlace& place);

  // No two members have the same name, however they are escaped.
  bool distinct(const simdjson::dom::object& object, const JsonPlace& place);

  // Visits all members and calls take(key, value, leaves) after each, until one returns false.
  template <class Take>
  bool each_member(const simdjson::dom::object& object, const JsonPlace& place, Take take) {
    if (!distinct(object, place)) return false;
    for (const auto field : object) {
      std::uint64_t leaves = 0;
      if (!visit(field.value, place / field.key, leaves)) return false;
      if (!take(field.key, field.value, leaves)) return false;
    }
    return true;
  }

  // Always false. BodyInvalid with "PLACE WORDS" as the detail.
  bool fail(const JsonPlace& place, std::string_view words) { return fail_at(place.text(), words); }
  bool fail_at(std::string place, std::string_view words);
  const Error& fault() const { return *fault_; }

 private:
  // A member's name, with a hash before it so that sorting many of them seldom looks at texts.
  struct Key {
    std::size_t hash;
    std::string_view text;
    auto operator<=>(const Key&) const = default;
  };
  const Key* find_twice();

  std::vector<Key> keys_;  // of the object that is looked at
  std::optional<Error> fault_;
};

}  // namespace mlgateway::protocol
