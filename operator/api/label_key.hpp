// Keys of labels and annotations: NAME or DOMAIN/NAME.
#pragma once

#include <string_view>

namespace mlgateway::api {

// NAME: up to 63 of letters, digits, '-', '_', '.', alphanumeric at both ends; DOMAIN: a lower-case DNS name.
bool is_label_key(std::string_view key);

inline constexpr std::string_view kNoLabelKey = "is not the key of a label: no object can have it";

}  // namespace mlgateway::api
