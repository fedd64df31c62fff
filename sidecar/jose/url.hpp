// Addresses from which keys are fetched.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mlgateway::jose {

struct Url {
  bool tls = true;
  std::string host;  // a name or an address, without brackets
  std::string port;
  std::string target;  // path and query; at least "/"
};

// An http or https URL of visible characters, without user, password and fragment; nothing for every other text.
std::optional<Url> parse_url(std::string_view text);

// Whether what comes from there is what its owner sent: by https, or from this machine. Whoever can change keys on
// their way can sign tokens.
bool is_trustworthy(const Url& url);

}  // namespace mlgateway::jose
