// The certificate that somebody else keeps in a folder: cert-manager's Secret, mounted, or a person's own.
#pragma once

#include <filesystem>

#include "operator/webhook/round.hpp"

namespace mlgateway::webhook {

// Reads tls.crt and tls.key. That the API server believes it is its keeper's business; here it is only not ready when
// it cannot be read or has expired.
Round look_at_given(const std::filesystem::path& folder, WallTime now);

}  // namespace mlgateway::webhook
