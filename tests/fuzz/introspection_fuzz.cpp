// Providers' answers about tokens, libFuzzer's entry; see run.
#include "tests/fuzz/introspection_properties.hpp"
#include "tests/fuzz/report.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return mlgateway::fuzz::judge(data, size, &mlgateway::auth::broken_introspection_property);
}
