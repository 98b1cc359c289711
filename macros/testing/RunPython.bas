Attribute VB_Name = "xlwings"
Option Explicit

' Stands in for the modules of xlwings where LibreOffice runs the macros: these use what it lacks, and would disable
' them all. The environment variable CMS_RUNPYTHON names a program that runs the file of its name with ".command"
' and then writes its exit code to the file with ".done".

Public Function RunPython(PythonCommand As String)
    Dim program As String, done As String, code As String, file As Integer
    program = Environ("CMS_RUNPYTHON")
    done = program & ".done"
    file = FreeFile
    Open program & ".command" For Output As #file
    Print #file, PythonCommand
    Close #file
    Shell program, 0
    Do While Dir(done) = "" ' not a Shell that waits: Python needs this program to answer meanwhile
        Wait 10
    Loop
    file = FreeFile
    Open done For Input As #file
    Line Input #file, code
    Close #file
    Kill done
    RunPython = -CInt(code)
End Function
