// The field lines of a head or of a trailer section (RFC 9112 5).
#pragma once

#include <string_view>

#include "sidecar/http/fault.hpp"
#include "sidecar/http/message.hpp"

namespace mlgateway::http {

// Cuts the next line off `rest`, which holds whole lines; the line comes without its CRLF and holds only text bytes.
Fault take_line(std::string_view& rest, std::string_view& line);

// One line, without its CRLF, as take_line yields it: name ":" OWS value OWS.
Fault parse_field_line(std::string_view line, Field& out);

// All lines up to the empty one, which must end `rest`.
Fault parse_field_section(std::string_view rest, Fields& out);

}  // namespace mlgateway::http
