// Predict day 10 of the plant without a runtime:
//
//   emx-onnx-cgen compile linear_regression.onnx model.c
//   cc -O2 main.c model.c -lm -o predict
//   ./predict
#include <stdio.h>

// The last lines of model.c say what it wants: the number of rows, the rows, a place for the answer.
void model(int N, const float X[restrict N][3], float Y[restrict N][1]);

int main(void) {
    const float X[1][3] = {{58, 18, 80}}; // air flow, water temperature, acid
    float Y[1][1];
    model(1, X, Y);
    printf("day 10: %.2f\n", Y[0][0]);
    return 0;
}
