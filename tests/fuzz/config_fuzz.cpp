// The sidecar's configuration, libFuzzer's entry; see run.
#include "tests/fuzz/config_properties.hpp"
#include "tests/fuzz/report.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return mlgateway::fuzz::judge(data, size, &mlgateway::config::broken_config_property);
}
