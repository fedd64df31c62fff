// Why a head is refused, cheap enough for the innermost loops: no words are built before somebody has to read them.
#pragma once

#include <string>

#include "sidecar/base/result.hpp"

namespace mlgateway::http {

// `words` is a constant that names a rule and repeats none of the caller's bytes; nullptr means that all is well.
struct Fault {
  const char* words = nullptr;
  Reason reason = Reason::MalformedRequest;

  explicit operator bool() const { return words != nullptr; }
};

// What is wrong with a request is safe to tell its sender.
inline Error refusal_of(const Fault& fault) { return Error(fault.reason, fault.words, fault.words); }
// What is wrong with a model's answer is for the log only.
inline Error upstream_error_of(const Fault& fault) {
  return Error(Reason::UpstreamMalformed, std::string("answer of the model: ") + fault.words);
}

}  // namespace mlgateway::http
