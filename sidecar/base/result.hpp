// What a function returns when failure is one of its ordinary outcomes.
//
// A Result holds either a value or an Error and must be looked at: it is [[nodiscard]].
// Nothing here throws; asking for the value of a failed Result is a bug and asserts.
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

#include "sidecar/base/reason.hpp"

namespace mlgateway {

// Why something could not be done: a Reason for machines, words for people.
// `message` is written for the operator of the gateway and goes to logs and status only.
// `detail` is safe to show to the caller (it names a place in the caller's own input, never our internals).
struct Error {
  Error(Reason why, std::string words) : reason(why), message(std::move(words)) {}
  Error(Reason why, std::string words, std::string shown)
      : reason(why), message(std::move(words)), detail(std::move(shown)) {}

  Reason reason;
  std::string message;
  std::string detail;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : outcome_(std::move(value)) {}
  Result(Error error) : outcome_(std::move(error)) {}

  bool ok() const { return std::holds_alternative<T>(outcome_); }
  explicit operator bool() const { return ok(); }

  T& value() {
    assert(ok());
    return *std::get_if<T>(&outcome_);
  }
  const T& value() const {
    assert(ok());
    return *std::get_if<T>(&outcome_);
  }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const {
    assert(!ok());
    return *std::get_if<Error>(&outcome_);
  }

 private:
  std::variant<T, Error> outcome_;
};

// The Result of something that yields nothing but its success.
struct Done {};
using Status = Result<Done>;

}  // namespace mlgateway
