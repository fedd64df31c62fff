// Step 11: who pays, on whatever end an exchange had.
#pragma once

#include <optional>

#include "sidecar/base/reason.hpp"
#include "sidecar/gateway/exchange.hpp"

namespace mlgateway::gateway {

// How an exchange ended, as far as the bill depends on it.
struct Ending {
  int status = 0;               // of the answer
  std::optional<Reason> error;  // why it was refused or not finished
  bool reached_model = false;   // a byte of the request may have reached the model
};

// The caller pays unless no byte of his request reached the model, the model failed, or the route's own time ended it.
// Who hung up, read too slowly or let his own deadline pass pays.
bool is_paid(const Ending& ending);

// Pays or gives back what was reserved, once.
void settle(Bill& bill, bool paid);

}  // namespace mlgateway::gateway
