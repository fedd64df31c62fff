// What a request asks of the model, counted from its data and never believed: rows, elements, and numbers that the
// route's cost points to. One pass over the body, which must also be all valid.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "sidecar/base/result.hpp"
#include "sidecar/config/gateway_config.hpp"
#include "sidecar/http/message.hpp"

namespace mlgateway::protocol {

// What of a body a route needs to know. `rows_and_elements` where a term asks for one of the two.
struct Wanted {
  bool rows_and_elements = false;
  std::span<const config::CostTerm> pointers;  // all terms of the cost; those with Quantity::Pointer are looked up
  bool valid_json = false;                     // nothing is counted, but a cache key needs to know what is white space
};

struct Counted {
  std::uint64_t rows = 0;
  std::uint64_t elements = 0;
  std::vector<config::Millionths> pointed;  // in the order of the Pointer terms
  bool json = false;                        // the body (in V2 the part before binary tensors) is valid JSON
  std::size_t json_size = 0;                // of that part
};

// One per worker; not safe for two threads. Keeps its memory for bodies of ordinary size, gives it back after a large
// one.
class QuantityReader {
 public:
  QuantityReader();
  ~QuantityReader();
  QuantityReader(QuantityReader&&) noexcept;

  // BodyInvalid with the place (JSON Pointer, tensor name) in the detail for the caller; BodyUnreadable for a content
  // type that the protocol does not know. See the table in counters.hpp for what a row and an element is in each
  // protocol. Nothing is read when nothing is wanted. Bodies that by their content type are no JSON (MLflow's text/csv,
  // all but JSON with TorchServe) leave `json` false; a Generic body that something is wanted of must be JSON.
  Result<Counted> count(config::Protocol protocol, const http::RequestHead& head, std::string_view body,
                        const Wanted& wanted);

 private:
  struct Reader;
  std::unique_ptr<Reader> reader_;
};

}  // namespace mlgateway::protocol
