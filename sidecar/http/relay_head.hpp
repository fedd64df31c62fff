// The heads that the gateway sends: the caller's to the model, the model's to the caller, each with what must not
// travel taken out and what the gateway vouches for put in (RFC 9110 7.6, RFC 7239's idea with the de facto fields).
#pragma once

#include <string>
#include <string_view>

#include "sidecar/http/message.hpp"

namespace mlgateway::http {

// What the gateway says about a request on its way to the model.
struct Onward {
  std::string_view target;  // path and query as the model knows them
  std::string_view host;    // of the model: host[:port]
  std::string_view client;  // address of the caller
  bool secured = false;     // he came by TLS
  std::string_view request_id;
  Framing framing = Framing::None;
  std::uint64_t content_length = 0;
  std::string_view fields{};  // complete lines of the gateway's own; the caller's of the same names must be marked
};

// Fields marked hop_by_hop stay behind (the gateway marks credentials so), and so do Host, the framing, forwarding
// fields that anybody could have written, and everything named x-mlgateway-*.
void append_request_head(std::string& out, const RequestHead& head, const Onward& onward);

// `fields` are complete lines of the gateway's own ("x-request-id: 1\r\n"); they replace the model's of the same names.
struct Homeward {
  std::string_view fields;
  std::string_view date;  // for an answer that has none (RFC 9110 6.6.1)
  Framing framing = Framing::None;
  bool keep_alive = true;
  int caller_minor_version = 1;
  bool tells_limits = false;  // `fields` tell the gateway's own limits, so the model's stay behind
};
void append_response_head(std::string& out, const ResponseHead& head, const Homeward& homeward);
// Only the lines of the model's own that travel home, and the date if there is none among them: what is kept of an
// answer for later callers.
enum class Limits : unsigned char { Relayed, LeftOut };  // what the model says of RateLimit, in any of its forms
void append_relayed_fields(std::string& out, const ResponseHead& head, std::string_view date, Limits limits);

// A model's answer that the gateway had kept; `kept_fields` are lines as they were when it came, `fields` as above.
struct KeptAnswer {
  int status;
  std::string_view kept_fields;
  std::size_t content_length;
  std::string_view fields;
  std::string_view date;  // for an answer that has none
  bool keep_alive;
  int caller_minor_version;
};
void append_kept_head(std::string& out, const KeptAnswer& answer);

// An answer of the gateway itself; `fields` as above.
struct OwnAnswer {
  int status;
  std::string_view content_type;
  std::size_t content_length;
  std::string_view fields;
  std::string_view date;
  bool keep_alive;
  int caller_minor_version;
};
void append_own_head(std::string& out, const OwnAnswer& answer);

}  // namespace mlgateway::http
