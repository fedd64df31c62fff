// An object with its history: the newest generation, and the one that may be enforced.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "operator/api/condition.hpp"
#include "operator/api/mlquota.hpp"
#include "operator/api/mlroute.hpp"
#include "operator/api/object_key.hpp"
#include "sidecar/base/clock.hpp"

namespace mlgateway::api {

template <class Object>
struct Observed {
  ObjectKey key;
  std::int64_t generation = 0;      // of the newest, good or not
  std::vector<std::string> faults;  // why the newest cannot be enforced; empty: it can
  std::vector<std::string> notes;   // what else is odd about it, though it is in force
  std::optional<Object> good;       // the newest good one; none: there never was one
  std::int64_t good_generation = 0;
  WallTime created;     // the older of two goes before the younger
  Conditions previous;  // as status has them now
};

using ObservedRoute = Observed<MLRoute>;
using ObservedQuota = Observed<MLQuota>;

// Whether the newest generation is in force, as far as it alone decides that.
template <class Object>
Verdict accepted(const Observed<Object>& observed) {
  if (observed.faults.empty()) {
    std::vector<std::string> sentences = observed.notes;
    sentences.insert(sentences.begin(), generation_words(observed.generation) + " is in force");
    return {"True", "Accepted", joined(sentences)};
  }
  const std::string kept =
      observed.good ? generation_words(observed.good_generation) + " stays in force" : "nothing is in force";
  std::vector<std::string> sentences = observed.faults;
  sentences.insert(sentences.begin(), kept);
  return {"False", "Invalid", joined(sentences)};
}

}  // namespace mlgateway::api
