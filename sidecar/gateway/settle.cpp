#include "sidecar/gateway/settle.hpp"

namespace mlgateway::gateway {
namespace {

// The model's failures, the route's own times, and our mistakes.
bool is_not_the_callers(Reason reason) {
  switch (reason) {
    case Reason::UpstreamUnreachable:
    case Reason::UpstreamConnectTimeout:
    case Reason::UpstreamFirstByteTimeout:
    case Reason::UpstreamMalformed:
    case Reason::UpstreamClosed:
    case Reason::RequestTimeout:
    case Reason::StreamIdleTimeout:
    case Reason::Internal: return true;
    default: return false;
  }
}

}  // namespace

bool is_paid(const Ending& ending) {
  if (ending.error) return ending.reached_model && !is_not_the_callers(*ending.error);
  return ending.status < 500;
}

void settle(Bill& bill, bool paid) {
  if (!bill.charged) return;
  if (paid) {
    bill.reservation.settle(*bill.charged);
  } else {
    bill.reservation.give_back();
    bill.charged = 0;
  }
}

}  // namespace mlgateway::gateway
