// What came of a request to the API server: a value, or the Fault that says why there is none.
#pragma once

#include <cassert>
#include <utility>
#include <variant>

#include "operator/kube/fault.hpp"

namespace mlgateway::kube {

// Result's counterpart for this folder; asking for the wrong half is a bug and asserts.
template <class T>
class [[nodiscard]] Reply {
 public:
  Reply(T value) : outcome_(std::move(value)) {}
  Reply(Fault fault) : outcome_(std::move(fault)) {}

  bool ok() const { return std::holds_alternative<T>(outcome_); }
  explicit operator bool() const { return ok(); }

  T& operator*() {
    assert(ok());
    return *std::get_if<T>(&outcome_);
  }
  const T& operator*() const {
    assert(ok());
    return *std::get_if<T>(&outcome_);
  }
  T* operator->() { return &**this; }
  const T* operator->() const { return &**this; }

  const Fault& fault() const {
    assert(!ok());
    return *std::get_if<Fault>(&outcome_);
  }

 private:
  std::variant<T, Fault> outcome_;
};

}  // namespace mlgateway::kube
