// OpenID Connect Discovery 1.0: from an issuer to the address of its keys.
#pragma once

#include <string>
#include <string_view>

#include "sidecar/base/result.hpp"

namespace mlgateway::jose {

// Where the issuer's document is (section 4.1).
std::string discovery_url(std::string_view issuer);

// `jwks_uri` of a document. InvalidConfig when the document is none, when its `issuer` is not exactly the one that was
// asked (section 4.3), or when the address is not trustworthy.
Result<std::string> jwks_uri(std::string_view document, std::string_view issuer);

}  // namespace mlgateway::jose
