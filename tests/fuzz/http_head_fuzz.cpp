// HTTP heads and bodies of requests and answers, libFuzzer's entry; see run. The unit tests look at the same properties
// over mutations of the public vectors.
#include "tests/fuzz/http_properties.hpp"
#include "tests/fuzz/report.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return mlgateway::fuzz::judge(data, size, &mlgateway::http::broken_property);
}
