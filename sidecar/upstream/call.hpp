// A call to a model that belongs to no caller's connection: the request is all here, the answer is collected in memory.
//
// What cannot be collected (a stream of events, an answer beyond the size) can be taken over by a caller who still
// waits: relay() writes what came so far and goes on streaming to him. One loop, one thread.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "sidecar/http/message.hpp"
#include "sidecar/http/stream.hpp"
#include "sidecar/upstream/forwarder.hpp"

namespace mlgateway::upstream {

// A whole answer. `fields` are lines as they would be relayed: no hop-by-hop field, no framing, none of ours.
struct Collected {
  int status = 0;
  std::string fields;
  std::string body;
};

class Call {
 public:
  // `method` is the request's. The errand's head and body stay valid until the call is over; its answer_fields and
  // deadlines.request are not used (who waits has a deadline, the call has none), connect and first_byte are.
  // `wanted` sees the head of the answer and says how many bytes of body are worth collecting; none: not this answer.
  using Wanted = std::function<std::optional<std::size_t>(const http::ResponseHead&)>;
  Call(net::Loop& loop, Pool& pool, Connector& connector, Errand errand, std::string_view method, Wanted wanted);
  ~Call();

  enum class End { Collected, TooLarge, NotWanted };
  // Asks the model. One request in is one request at the model; the reused-connection case is as in Forwarder. A body
  // that is cut is UpstreamClosed, also where the end of the connection is the body's end but it was reset.
  net::Task<Result<End>> run(Report& report);
  Collected take();  // after Collected

  // After TooLarge or NotWanted: the answer to this caller, as Forwarder would have done it, under `errand`'s
  // answer_fields and deadlines.
  net::Task<Status> relay(http::Stream& caller, const Errand& errand, Report& report);

  // Ends the call now, within this call; run() fails with ClientClosed, and whoever awaits it may end the Call
  // meanwhile. Same thread. No effect when run() is over.
  void cancel();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mlgateway::upstream
