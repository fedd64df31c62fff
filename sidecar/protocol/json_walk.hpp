// The walk over an outlined body: refuses objects that name a member twice, and tells where a fault is.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sidecar/base/result.hpp"
#include "sidecar/protocol/json_place.hpp"
#include "sidecar/protocol/json_value.hpp"

namespace mlgateway::protocol {

// Functions that can fail return false and leave the first fault here. Not safe for two threads; keeps some memory.
class JsonWalk {
 public:
  // Forgets the fault of the last body and gives back the memory of a large one.
  void restart();

  // distinct() for all objects in `value`, itself included.
  bool visit(const JsonValue& value, const JsonPlace& place);

  // No two members of an object have the same name, however they are escaped.
  bool distinct(const JsonValue& object, const JsonPlace& place);

  // Visits all members and calls take(key, value) after each, until one returns false.
  template <class Take>
  bool each_member(const JsonValue& object, const JsonPlace& place, Take take) {
    if (!distinct(object, place)) return false;
    for (const auto& [key, value] : object.members()) {
      if (!visit(value, place / key) || !take(key, value)) return false;
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
  std::optional<std::string_view> name_there_twice(const JsonOutline& outline, std::uint32_t object);
  std::optional<std::string_view> twice_among_many(const JsonOutline& outline, std::uint32_t object);
  bool fail_twice(const JsonValue& value, const JsonPlace& place, std::uint32_t object, std::string_view name);

  std::vector<Key> keys_;  // of an object with many
  std::optional<Error> fault_;
};

}  // namespace mlgateway::protocol
