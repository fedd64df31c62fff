// Where in the document something stands, and the first thing found wrong with it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "sidecar/base/result.hpp"

namespace mlgateway::config {

// A way such as routes[0].versions[1].weight, as a chain on the stack: nothing is put together unless there is a fault.
// A Place points to the one it was made from, which must outlive it.
class Place {
 public:
  Place() = default;  // the document itself
  Place operator/(std::string_view field) const { return {this, field, 0}; }
  Place operator[](std::size_t index) const { return {this, {}, index}; }

  std::string text() const;

 private:
  Place(const Place* parent, std::string_view field, std::size_t index)
      : parent_(parent), field_(field), index_(index) {}

  const Place* parent_ = nullptr;
  std::string_view field_;  // empty: an element of a list
  std::size_t index_ = 0;
};

// Keeps the first fault and drops the others, so that checks may be written one under the other.
class FirstFault {
 public:
  void add(const Place& place, std::string_view words);
  void unless(bool kept, const Place& place, std::string_view words) {
    if (!kept) add(place, words);
  }
  template <class Number>
  void unless_between(Number least, Number most, const Place& place, Number is) {
    if (is < least) add(place, "must be at least " + std::to_string(least) + ", is " + std::to_string(is));
    if (is > most) add(place, "must be at most " + std::to_string(most) + ", is " + std::to_string(is));
  }

  bool found() const { return !words_.empty(); }
  // InvalidConfig with `path: words`; only when one was found.
  Error error() const { return Error(Reason::InvalidConfig, words_); }

 private:
  std::string words_;
};

}  // namespace mlgateway::config
