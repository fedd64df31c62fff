// Which of the fields that the gateway looks at a name is.
#pragma once

#include <string_view>

#include "sidecar/http/message.hpp"

namespace mlgateway::http {

// `name` must be a token. Case does not matter; no allocation.
FieldId field_id_of(std::string_view name);

// One of RFC 9110 7.6.1: about this connection only, never relayed, whether Connection names it or not.
bool is_hop_by_hop(FieldId id);

// A name with '_' that is one of the gateway's own fields when '_' is read as '-', as CGI and WSGI servers read it:
// such a server would take Content_Length or X_Forwarded_For for the field that the gateway has checked or set.
bool imitates_known_field(std::string_view name);

// Whether such a server, or any other, may take the one name for the other.
bool reads_alike(std::string_view name, std::string_view other);

}  // namespace mlgateway::http
