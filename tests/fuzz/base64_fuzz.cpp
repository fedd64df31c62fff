// Base64 in Secrets, libFuzzer's entry; see run.
#include "tests/fuzz/base64_properties.hpp"
#include "tests/fuzz/report.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return mlgateway::fuzz::judge(data, size, &mlgateway::api::broken_base64_property);
}
