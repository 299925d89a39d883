// Answer for one row, as answer.py does:
//
//   emx-onnx-cgen compile model.onnx model.c --input-dim N=1
//   cc -O2 -D FEATURES=4 -D CLASSES=3 answer.c model.c -lm -o answer
//   ./answer 5.1 3.5 1.4 0.2
//
// The weights are in the program: there is nothing to load, so no second line is printed.
#include <stdio.h>
#include <stdlib.h>

void model(const float X[restrict 1][FEATURES], float P[restrict 1][CLASSES]);

int main(int count, char **words) {
    float X[1][FEATURES];
    float P[1][CLASSES];
    if (count != 1 + FEATURES) {
        fprintf(stderr, "expected %d numbers\n", FEATURES);
        return 2;
    }
    for (int i = 0; i < FEATURES; i++) {
        X[0][i] = strtof(words[1 + i], NULL);
    }
    model(X, P);
    for (int i = 0; i < CLASSES; i++) {
        printf("%c%.9g", i == 0 ? '[' : ',', P[0][i]);
    }
    printf("]\n");
    fflush(stdout);
    getchar(); // waits for a line
    return 0;
}
