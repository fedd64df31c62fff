// Comma-separated values (RFC 4180), counted.
#pragma once

#include <cstdint>
#include <string_view>

#include "sidecar/base/result.hpp"
#include "sidecar/protocol/counters.hpp"

namespace mlgateway::protocol {

// Rows: the records after the first, which is the header line; elements: their fields. Lines end with CRLF, LF or CR,
// as pandas reads them; empty lines are none. BodyInvalid with the line: a quote inside of a field that did not begin
// with one, anything but a comma or a line end after a closing quote, a quote that is never closed, no header line.
Result<Counts> count_csv(std::string_view text);

}  // namespace mlgateway::protocol
