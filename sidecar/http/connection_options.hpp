// What Connection fields ask for (RFC 9110 7.6.1).
#pragma once

#include "sidecar/http/fault.hpp"
#include "sidecar/http/message.hpp"

namespace mlgateway::http {

struct ConnectionOptions {
  bool close = false;
  bool keep_alive = false;
};

// Reads every Connection field and marks the fields that its options name as hop-by-hop.
//
// An option that names an end-to-end field which the gateway itself reads or sets (Host, Content-Length, Authorization,
// X-Forwarded-For, ...) is refused: RFC 9110 forbids senders to do so, and obeying it would let a caller make the
// gateway strip what it has just vouched for. Options that name any other field are obeyed; with them, a caller takes
// only from himself.
Fault apply_connection_options(Fields& fields, ConnectionOptions& out);

// HTTP/1.1 persists unless told otherwise, HTTP/1.0 only when asked; `close` always wins.
bool persists(const ConnectionOptions& options, int minor_version);

}  // namespace mlgateway::http
