// What must hold for whatever bytes are read as a configuration. Says which property is broken, nothing when all hold.
#pragma once

#include <string>
#include <string_view>

#include "sidecar/config/check.hpp"
#include "sidecar/config/parse.hpp"
#include "sidecar/config/render.hpp"

namespace mlgateway::config {

inline const char* broken_config_property(std::string_view bytes) {
  const auto parsed = parse(bytes);
  if (!parsed) {
    if (parsed.error().reason != Reason::InvalidConfig) return "a refusal has another reason";
    return parsed.error().message.empty() ? "a refusal does not say what is wrong" : nullptr;
  }
  // The JSON library takes it for the end of the text.
  if (bytes.find('\0') != std::string_view::npos) return "what follows a zero byte is not looked at";
  if (!check(*parsed)) return "what breaks the rules is taken";
  const std::string text = render(*parsed);
  const auto again = parse(text);
  if (!again) return "what was taken is refused when it is written anew";
  if (!(*again == *parsed)) return "what was taken is read in another way when it is written anew";
  return render(*again) == text ? nullptr : "the same is written in two ways";
}

}  // namespace mlgateway::config
