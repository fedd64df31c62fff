// The answers that the gateway gives itself.
#pragma once

#include <string>
#include <string_view>

#include "sidecar/gateway/exchange.hpp"
#include "sidecar/net/task.hpp"

namespace mlgateway::gateway {

// The lines that every answer of this exchange carries: request id, the version if one was chosen, and what quota,
// cache and price have to say.
struct AnswerFields {
  std::string text;
  std::size_t priced_from = 0;  // what follows says what was paid

  // A model that failed is not paid.
  std::string_view of(int status) const { return status < 500 ? std::string_view(text) : unpaid(); }
  std::string_view unpaid() const { return std::string_view(text).substr(0, priced_from); }
};
AnswerFields answer_fields(const Exchange& exchange);

// Writes a whole answer; HEAD gets its head alone. A caller who is gone by now is no error.
net::Task<void> answer(Exchange& exchange, int status, std::string_view content_type, std::string_view body,
                       std::string_view fields);

}  // namespace mlgateway::gateway
