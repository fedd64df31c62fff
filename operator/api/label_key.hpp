// Keys of labels and annotations: NAME or DOMAIN/NAME.
#pragma once

#include <string_view>

namespace mlgateway::route {

// NAME: up to 63 of letters, digits, '-', '_', '.', alphanumeric at both ends; DOMAIN: a lower-case DNS name.
bool is_label_key(std::string_view key);

}  // namespace mlgateway::route
