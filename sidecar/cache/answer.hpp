// An answer of a model as the cache keeps it: complete, as it was before any step of the way home touched it.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "sidecar/base/clock.hpp"

namespace mlgateway::cache {

// Where a V2 answer's top-level member `id` stands in its body, so that each asker gets his own. Offsets into the body.
struct IdPlace {
  std::size_t value_begin = 0;  // of the value, quotes included
  std::size_t value_end = 0;
  std::size_t member_begin = 0;  // of what goes when there is to be no id: the member with the one comma it owns
  std::size_t member_end = 0;
  bool operator==(const IdPlace&) const = default;
};

// Immutable once shared: any worker writes it out from where it lies, without a copy.
struct Answer {
  int status = 0;
  std::string fields;  // complete lines, as relayed: no hop-by-hop field, no framing
  std::string body;
  std::optional<IdPlace> id;
  Instant made;     // when the model had answered
  Instant expires;  // Age and ttl are counted from these

  std::size_t bytes() const { return sizeof(Answer) + fields.capacity() + body.capacity(); }
};

using AnswerPtr = std::shared_ptr<const Answer>;

}  // namespace mlgateway::cache
