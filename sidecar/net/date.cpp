#include "sidecar/net/date.hpp"

namespace mlgateway::net {

std::string_view DateClock::text(std::time_t now) {
  if (now != written_) {
    std::tm parts{};
    gmtime_r(&now, &parts);
    size_ =
        std::strftime(text_, sizeof text_, "%a, %d %b %Y %H:%M:%S GMT", &parts);  // the process stays in the C locale
    written_ = now;
  }
  return {text_, size_};
}

}  // namespace mlgateway::net
